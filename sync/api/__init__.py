"""What `import sync` offers: a thin face of what the commands use too.

Nothing is printed, and no process is started unless you ask for it.
"""

import logging

# Without a handler of yours, Python would print warnings to standard error.
logging.getLogger("sync").addHandler(logging.NullHandler())
