"""What `import sync` offers: a thin layer over the code of the commands.

Nothing is printed, and no process is started unless you ask for it.
"""

import logging

# Without a handler, Python would print warnings to standard error.
logging.getLogger("sync").addHandler(logging.NullHandler())
