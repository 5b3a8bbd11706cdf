"""The one kind of error that people are meant to read."""


class UserError(Exception):
    """Something that a person can put right.

    ``str(error)`` is one or two plain sentences: what is wrong, where, and what to do. The window shows it
    in its notice bar and the command line prints it and exits with status 1; anything else that is raised
    is a defect of the program.
    """

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what = what
        self.place = place
        self.remedy = remedy
        head = f"{place}: {what}" if place else what
        super().__init__(f"{head} {remedy}".strip())
