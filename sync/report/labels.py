"""What each verdict and each kind of difference means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sync.model import DifferenceKind, Verdict
from sync.report.document import LikelyCause


@dataclass(frozen=True, slots=True)
class Label:
    """A verdict for people: a ``label``, one clause of ``meaning``, one sentence of ``advice``."""

    label: str
    meaning: str
    advice: str


VERDICTS: Mapping[Verdict, Label] = MappingProxyType(
    {
        Verdict.IN_SYNC: Label(
            "in sync",
            "the network says what the record says",
            "Nothing to do.",
        ),
        Verdict.ACCEPTED: Label(
            "accepted",
            "every difference was accepted",
            "Nothing to do until it expires or changes.",
        ),
        Verdict.DRIFTED: Label(
            "drifted",
            "record and network differ",
            "Update the network from the record (ndex-sync plan), or correct the record.",
        ),
        Verdict.UNMAPPED: Label(
            "unmapped",
            "no UUID in the record, and no network claims it",
            "Upload the record as a network, or write the UUID of its network into the record.",
        ),
        Verdict.RESOLVABLE: Label(
            "resolvable",
            "no UUID in the record, but exactly one network claims it",
            "Write the UUID of that network into the record: ndex-sync resolve --write records.",
        ),
        Verdict.AMBIGUOUS: Label(
            "ambiguous",
            "several networks claim the record, and it names none of them",
            "Choose the network that stays, and write its UUID into the record.",
        ),
        Verdict.MISSING: Label(
            "missing",
            "NDEx does not have the network, or has it deleted",
            "Correct the UUID in the record, or remove it and upload the record again.",
        ),
        Verdict.UNREADABLE: Label(
            "unreadable",
            "NDEx does not let us read the network",
            "Log in as an account that may read it, or ask its owner to share it; NDEx also hides"
            " a network whose upload failed.",
        ),
        Verdict.MISMATCHED: Label(
            "mismatched",
            "a record names a network that says it belongs to another record",
            "Find out whose network it is: write its UUID into that record, and take it out of the"
            " other.",
        ),
        Verdict.DUPLICATE: Label(
            "duplicate",
            "another record uses the same UUID",
            "Find out whose network it is, and correct the UUID in the other record.",
        ),
        Verdict.INVALID_RECORD: Label(
            "invalid record",
            "the record cannot be read",
            "Fix the file at the line shown.",
        ),
        Verdict.INVALID_NETWORK: Label(
            "invalid network",
            "NDEx calls the network failed or unfinished, or its content cannot be read: it is not "
            "CX, or does not say which of its nodes are genes",
            "Check again later; if it stays so, upload the network again.",
        ),
        Verdict.FAILED: Label(
            "failed",
            "NDEx did not answer, so nothing is known of the network",
            "Check again; if it stays so, see how the server is doing.",
        ),
        Verdict.NOT_COMPARED: Label(
            "not compared",
            "the record is of an organism that the configuration does not ask for, or the run was"
            " offline",
            "Nothing to do; to have its organism compared, add it to `organisms`.",
        ),
        Verdict.REMOTE_ONLY: Label(
            "remote only",
            "no record claims the network",
            "Add or correct the record that it was made from, or take it out of the collection.",
        ),
    }
)
"""Every verdict, in the design's order."""

DIFFERENCES: Mapping[DifferenceKind, str] = MappingProxyType(
    {
        DifferenceKind.GENE_MISSING: "only in the record",
        DifferenceKind.GENE_EXTRA: "only on NDEx",
        DifferenceKind.GENE_RENAMED: "other symbol",
        DifferenceKind.GENE_REIDENTIFIED: "other identifier",
        DifferenceKind.GENE_ATTRIBUTE: "gene attribute",
        DifferenceKind.NODE_MISSING: "node only in the drawing",
        DifferenceKind.NODE_EXTRA: "node only on NDEx",
        DifferenceKind.INTERACTION_MISSING: "interaction only in the drawing",
        DifferenceKind.INTERACTION_EXTRA: "interaction only on NDEx",
        DifferenceKind.GROUP: "other group",
        DifferenceKind.PROPERTY: "property",
        DifferenceKind.MEMBERSHIP: "membership",
        DifferenceKind.STATE: "state",
    }
)
"""The name of each kind of difference in a report on one record."""

KINDS: Mapping[DifferenceKind, str] = MappingProxyType(
    {
        DifferenceKind.GENE_MISSING: "The record has a gene that the network lacks.",
        DifferenceKind.GENE_EXTRA: "The network has a gene that the record lacks.",
        DifferenceKind.GENE_RENAMED: "Both have the gene, under different symbols.",
        DifferenceKind.GENE_REIDENTIFIED: "Both have the symbol, with different identifiers.",
        DifferenceKind.GENE_ATTRIBUTE: "The network gives a gene another word or source.",
        DifferenceKind.NODE_MISSING: (
            "The drawing, or the figure's table, has a node (a metabolite, a chemical) that the"
            " network lacks, or has a gene more often."
        ),
        DifferenceKind.NODE_EXTRA: "The network has such a node that the drawing lacks.",
        DifferenceKind.INTERACTION_MISSING: "The network lacks an interaction of the drawing.",
        DifferenceKind.INTERACTION_EXTRA: "The network has an interaction that the drawing lacks.",
        DifferenceKind.GROUP: "A group has other members in the drawing than in the network.",
        DifferenceKind.PROPERTY: "A property of the network is absent or says something else.",
        DifferenceKind.MEMBERSHIP: "The network is not in the collection's network set or folder.",
        DifferenceKind.STATE: (
            "Visibility or read-only is not as configured, or NDEx hid the network or lost it from"
            " the search."
        ),
    }
)
"""What a difference of each kind is, in one sentence."""

LIKELY: Mapping[LikelyCause, str] = MappingProxyType(
    {
        LikelyCause.SYMBOLS_RENAMED: "symbols were renamed since the upload",
        LikelyCause.RECORD_REMADE: "the record was regenerated by another pipeline",
        LikelyCause.UNFINISHED_ON_NDEX: "the network is unfinished or failed on the server",
        LikelyCause.EDITED_ON_NDEX: "edited on NDEx, or written again, since it was made",
        LikelyCause.EDITED_HERE: "edited here since the upload",
        LikelyCause.OTHER_COPY: "not edited here since the upload, but made from another copy",
    }
)
"""The likely reasons for results, in words."""

URGENCY: tuple[Verdict, ...] = (
    Verdict.FAILED,
    Verdict.INVALID_NETWORK,
    Verdict.UNREADABLE,
    Verdict.INVALID_RECORD,
    Verdict.MISMATCHED,
    Verdict.DUPLICATE,
    Verdict.MISSING,
    Verdict.AMBIGUOUS,
    Verdict.DRIFTED,
    Verdict.RESOLVABLE,
    Verdict.UNMAPPED,
    Verdict.REMOTE_ONLY,
)
"""The order for a maintainer: what could not be checked, wrong links, drift, open links.

Settled verdicts are not in it.
"""
