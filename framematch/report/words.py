"""What the labels of a case mean, in words that claim no more than they can.

One place for the tables of the methods page, the titles of the report and what its scripts show.
"""

#: Stages, the most finished first: title and meaning.
STAGES = {
    "final": ("Final", "finished: coloured, shaded, composited"),
    "flat-colour": ("Flat colour", "coloured in flat areas; shading, light or effects are missing"),
    "line-art": ("Line art", "clean lines, no colour"),
    "rough": ("Rough", "searching, unclean strokes"),
    "storyboard": ("Storyboard", "a panel or a page of panels with notes"),
    "model-sheet": ("Model sheet", "a character or object from several sides, for reference"),
    "background-only": ("Background only", "a background without the characters"),
    "unknown": ("Not told", "none of these can be told"),
}

#: Verdicts: title and meaning.
VERDICTS = {
    "match": (
        "Match",
        "a show is named, at a confidence of .8 or more by the shipped settings",
    ),
    "inconclusive": (
        "Inconclusive",
        "something fits, but not enough to name a show, or there is next to nothing on the picture:"
        " look at it, or ask with more references",
    ),
    "no-match": (
        "No match",
        "nothing in the reference set fits. It does not say that the file is of no show, only that"
        " none of the indexed ones was recognised",
    ),
    "unreadable": ("Unreadable", "no picture could be made of the file; the reason stands by it"),
}

#: How a matched picture stands to the released frame: title and meaning.
RELATIONS = {
    "same-file": ("Same file", "the very bytes of a reference: the same digest"),
    "same-picture": (
        "Same picture",
        "nothing that can be seen differs but what coding does, or what was laid over it: a copy of"
        " the release looks like this, and so does the studio's own last version",
    ),
    "differs": (
        "Finished, differs",
        "judged finished, but something on it differs from the released frame, as on an earlier"
        " composite or in another version of the release",
    ),
    "work-in-progress": ("Work in progress", "judged not finished; what differs is named"),
    "undetermined": ("Undetermined", "too small, cropped, moving or alike to tell"),
}

#: What a relation was held against.
BASES = {
    "sha256": "the digests of both files",
    "reference-file": "the frame in the reference file",
    "index-thumbnail": "the small picture in the index, at which small changes cannot be seen",
}

#: What became of a walked file.
USES = {
    "media": ("Media", "examined, with findings of its own"),
    "sequence": ("Sequence", "one of the numbered pictures of a shot, examined together"),
    "archive": ("Archive", "unpacked; its members are listed one by one"),
    "other": ("Not media", "no picture or video"),
    "link": ("Link", "not followed"),
    "special": ("Special", "a device, pipe or socket, not opened"),
    "unreadable": ("Unreadable", "its bytes cannot be read"),
    "refused": ("Refused", "a limit was passed"),
    "own": ("The case", "what this case itself wrote"),
}

#: What moved since the run before.
MOVED = {
    "new": ("New", "was not there in the run before"),
    "changed": ("Changed", "the same path holds other bytes"),
    "gone": ("Gone", "is no longer there"),
    "returned": ("Returned", "was gone in the run before, known from an earlier one"),
    "renamed": ("Renamed", "the same bytes lay under another path"),
}

#: What else was seen on a picture.
FLAGS = {
    "annotations": "writing on the picture",
    "cropped": "the picture is a part of the matched frame",
    "mirrored": "left and right are exchanged against the matched frame",
    "paper": "drawn on paper: grain, holes, field guides",
    "slate": "a board with scene, cut and take",
    "timecode": "a running counter is burnt in",
    "watermark": "an owner's or reviewer's mark lies over the picture",
}

#: How far a picture is: title and meaning.
PROGRESS = {
    "completed": ("Completed", "judged as final, or the same as the released frame"),
    "in-progress": ("In progress", "any other stage: a state before the finished picture"),
    "untold": ("Not told", "no stage can be told"),
}

#: What people decided about a finding: title and meaning. None of it moves what the machine says.
HUMAN = {
    "open": ("Not decided", "nobody has given a verdict"),
    "confirmed": ("Confirmed", "a person holds it for the show that the machine names"),
    "other-show": ("Other show", "a person holds it for another show, which is named"),
    "not-this-show": ("Not this show", "a person holds it for something else, whatever that is"),
    "not-ours": ("Not ours", "a person holds it for none of the shows that are looked after here"),
    "unsure": ("Unsure", "a person looked at it and could not decide"),
    "disputed": ("Disputed", "two people say what cannot both be so"),
}

#: The stages that count as completed; all others but `unknown` are work in progress.
COMPLETED = ("final",)
#: The relations in which a picture looks as it was released: a received copy would.
RECEIVED = ("same-file", "same-picture")


def progress(stage: str, relation: str | None = None) -> str:
    """Return the label of `PROGRESS` for a stage and how the picture stands to the release.

    What looks as it was released is completed, whatever its stage was taken for from the picture.
    """
    if relation in RECEIVED:
        return "completed"
    if stage == "unknown":
        return "untold"
    return "completed" if stage in COMPLETED else "in-progress"


def for_scripts() -> dict[str, dict[str, tuple[str, str]] | dict[str, str]]:
    """Return the words that the scripts of a page show."""
    return {
        "progress": PROGRESS,
        "stages": STAGES,
        "verdicts": VERDICTS,
        "relations": RELATIONS,
        "bases": BASES,
        "uses": USES,
        "moved": MOVED,
        "flags": FLAGS,
        "human": HUMAN,
    }
