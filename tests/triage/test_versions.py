"""Which findings are versions of one shot."""

from made import finding

from framematch.case_records import Version
from framematch.triage.versions import with_versions


def test_versions_by_name_go_by_their_numbers() -> None:
    found = [
        finding("b/sc045_v10.png"),
        finding("a/sc045_v02.psd"),
        finding("sc045-V2.png"),
        finding("sc046_v01.png"),
    ]
    assert with_versions(found, {}) == [
        Version("sc045", 2, 2, "name"),
        Version("sc045", 1, 2, "name"),
        Version("sc045", 1, 2, "name"),
        None,
    ]


def test_versions_by_content_go_by_stage_then_time() -> None:
    found = [
        finding("a.png", show="Alpha", at_s=61.2),
        finding("b.png", show="Alpha", at_s=60.5, stage="line-art"),
        finding("c.png", show="Alpha", at_s=61.0, stage="storyboard"),
        finding("d.png", show="Alpha", at_s=61.1),
        finding("e.png", show="Alpha", at_s=70.0),
        finding("f.png"),
    ]
    modified = {"a.png": "2026-01-02", "d.png": "2026-01-01"}
    numbers = [None if one is None else one.number for one in with_versions(found, modified)]
    assert numbers == [4, 2, 1, 3, None, None]
    assert with_versions(found, modified)[0] == Version("Alpha S03E05 1:00.5", 4, 4, "content")


def test_versions_of_a_layer_are_none() -> None:
    found = [finding("sc045_v01.psd", part="layer/A"), finding("sc045_v02.psd")]
    assert with_versions(found, {}) == [None, None]
