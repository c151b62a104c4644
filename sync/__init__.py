"""ndex-sync: keep WikiPathways and PFOCR records and their NDEx networks in step.

The library's front door is its documented modules (``sync.check``, ``sync.ndex.client``…);
this package re-exports nothing, so that importing it stays free of cost.
"""
