import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from psd_tools import PSDImage
from psd_tools.api.layers import GroupMixin

from framematch.config import MediaLimits, PartLimits
from framematch.errors import (
    ConfigError,
    MediaTooLargeError,
    UnreadableMediaError,
    UnsupportedFormatError,
)
from framematch.media import Part, open_media, parts_of, sort_of

SIZE = (400, 300)


def ink(colour: str, *box: int) -> Image.Image:
    """Return a line on nothing."""
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    ImageDraw.Draw(picture).line(box or (10, 10, 390, 290), fill=colour, width=6)
    return picture


def colour(value: str) -> Image.Image:
    return Image.new("RGBA", SIZE, value)


def saved(document: PSDImage, path: Path) -> Path:
    document.save(path, encoding="utf-8")
    return path


def layered(path: Path, draw: Callable[[PSDImage], object], mode: str = "RGB") -> Path:
    document = PSDImage.new(mode, SIZE)
    draw(document)
    return saved(document, path)


def by_name(path: Path, limits: PartLimits | None = None) -> dict[str | None, Part]:
    parts = list(parts_of(path, limits))
    found = {part.name: part for part in parts}
    assert len(found) == len(parts)
    return found


def darkness(part: Part) -> float:
    assert part.frame is not None, part.error
    return 255 - float(part.frame.pixels.mean())


def add(group: GroupMixin, picture: Image.Image, name: str, **place: int) -> None:
    # Set again, as only that writes the name in Unicode.
    group.create_pixel_layer(picture, name=name, **place).name = name


def test_groups_and_layers_of_a_psd_follow_its_composite(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, colour("white"), "Paper")
        lines = document.create_group(name="Lines")
        add(lines, ink("black"), "A")
        add(lines, ink("blue", 390, 10, 10, 290), "B")
        add(document, ink("red"), "Notes")

    path = layered(tmp_path / "a.psd", draw)
    assert sort_of(path) == "document"
    found = by_name(path)
    assert list(found) == [None, "layer/Paper", "layer/Lines", "layer/Notes"]
    assert [part.role for part in found.values()] == ["whole", "layer", "layer", "layer"]
    frame = found["layer/Lines"].frame
    assert frame is not None
    assert frame.pixels.shape == (300, 400, 3)
    assert frame.pixels[75, 100].max() < 60  # A
    assert frame.pixels[75, 300].tolist() == [0, 0, 255]  # B
    assert frame.pixels[150, 20].tolist() == [255, 255, 255]


def test_group_of_groups_is_taken_apart(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        shot = document.create_group(name="cut045")
        add(shot.create_group(name="line"), ink("black"), "A")
        paint = shot.create_group(name="paint")
        add(paint, colour("green"), "A")
        add(paint, colour("red"), "B")
        add(shot, ink("blue"), "timing")

    names = list(by_name(layered(tmp_path / "a.psd", draw)))
    assert names[1:] == [
        "layer/cut045", "layer/cut045/line", "layer/cut045/paint", "layer/cut045/timing",
    ]  # fmt: skip


def test_hidden_layers_and_groups_are_pictures_of_their_own(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, colour("white"), "Paper")
        lines = document.create_group(name="Lines")
        add(lines, ink("black"), "clean")
        add(lines, ink("black", 10, 290, 390, 10), "rough")
        lines[1].visible = False
        old = document.create_group(name="old")
        add(old, ink("black"), "first try")
        old.visible = False

    found = by_name(layered(tmp_path / "a.psd", draw))
    assert list(found)[2:] == ["layer/Lines", "layer/Lines/rough", "layer/old"]
    assert darkness(found["layer/Lines"]) == pytest.approx(darkness(found["layer/old"]), rel=0.05)
    rough = found["layer/Lines/rough"].frame
    assert rough is not None
    assert rough.pixels[225, 100].max() < 60
    assert rough.pixels[75, 100].min() > 200


def test_light_ink_lies_on_black_so_that_it_stays_visible(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, ink("white"), "light")
        add(document, ink("black"), "dark")
        add(document, colour("white"), "page")

    found = by_name(layered(tmp_path / "a.psd", draw))
    contrast = {name: part.frame.pixels.std() for name, part in found.items() if part.frame}
    assert contrast["layer/light"] > 20
    assert contrast["layer/dark"] > 20
    assert darkness(found["layer/light"]) > 200
    assert darkness(found["layer/dark"]) < 50
    assert darkness(found["layer/page"]) == 0


def test_opacity_and_blending_are_those_of_the_group(tmp_path: Path) -> None:
    from psd_tools.constants import BlendMode

    def draw(document: PSDImage) -> None:
        group = document.create_group(name="G")
        add(group, colour("#808080"), "base")
        group.create_pixel_layer(colour("#808080"), name="m", blend_mode=BlendMode.MULTIPLY)
        half = document.create_group(name="H")
        add(half, colour("black"), "base")
        half.create_pixel_layer(colour("white"), name="h", opacity=128)

    found = by_name(layered(tmp_path / "a.psd", draw))
    for name, expected in (("layer/G", 64), ("layer/H", 128)):
        frame = found[name].frame
        assert frame is not None
        assert abs(int(frame.pixels[5, 5, 0]) - expected) <= 1


def test_mask_and_clipping_hide_what_they_hide(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, colour("black"), "masked")
        mask = Image.new("L", SIZE, 0)
        mask.paste(255, (0, 0, 200, 300))
        document[0].remove_mask()
        document[0].create_mask(mask)
        group = document.create_group(name="G")
        half = Image.new("RGBA", (200, 300), "blue")
        add(group, half, "base")
        add(group, colour("red"), "shade")
        group[1].clipping = True

    found = by_name(layered(tmp_path / "a.psd", draw))
    masked, clipped = found["layer/masked"].frame, found["layer/G"].frame
    assert masked is not None
    assert clipped is not None
    assert masked.pixels[150, 100].tolist() == [0, 0, 0]
    assert masked.pixels[150, 300].tolist() == [255, 255, 255]
    assert clipped.pixels[150, 100].tolist() == [255, 0, 0]
    assert clipped.pixels[150, 300].tolist() == [255, 255, 255]


def test_names_are_made_unique_and_keep_to_their_place(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        for name in ("原画", "Layer 1", "Layer 1", "../../etc/passwd", "<script>", ""):
            add(document, ink("black"), name)

    assert list(by_name(layered(tmp_path / "a.psd", draw)))[1:] == [
        "layer/原画", "layer/Layer 1", "layer/Layer 1 (2)", "layer/..-..-etc-passwd",
        "layer/<script>", "layer/unnamed",
    ]  # fmt: skip


def test_layers_without_a_picture_say_so(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, ink("black"), "lines")
        add(document, Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "blank")
        document.create_group(name="nothing")

    found = by_name(layered(tmp_path / "a.psd", draw))
    assert found["layer/blank"].frame is None
    assert "empty" in str(found["layer/blank"].error)
    assert "empty group" in str(found["layer/nothing"].error)


def test_layers_beyond_the_limit_are_told(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        for number in range(6):
            add(document, ink("black"), f"{number}")

    path = layered(tmp_path / "a.psd", draw)
    parts = list(parts_of(path, PartLimits(max_parts=4)))
    assert [part.name for part in parts][-2:] == ["layer/3", "more"]
    assert "more than 4 parts" in str(parts[-1].error)
    assert len(list(parts_of(path, PartLimits(max_parts=6)))) == 7


def test_groups_nested_too_deep_are_told(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        inner: GroupMixin = document
        for number in range(6):
            inner = inner.create_group(name=f"{number}")
        add(inner, ink("black"), "lines")

    parts = list(parts_of(layered(tmp_path / "a.psd", draw), PartLimits(max_depth=3)))
    assert "deep" in str(parts[-1].error)
    assert parts[-1].name == "layer/0/1/2/3"


def test_large_document_format_is_read_like_the_small_one(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, colour("white"), "Paper")
        add(document, ink("black"), "Lines")

    small = layered(tmp_path / "a.psd", draw)
    document = PSDImage.open(small)
    document._record.header.version = 2
    large = saved(document, tmp_path / "a.psb")
    with open_media(small) as one, open_media(large) as other:
        assert other.info.container == "psd"
        assert np.array_equal(next(one.frames()).pixels, next(other.frames()).pixels)
    assert list(by_name(large)) == [None, "layer/Paper", "layer/Lines"]


def test_psd_of_16_bits_gives_its_composite_and_layers(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE, color=(1.0, 1.0, 1.0), depth=16)
    add(document, ink("black"), "Lines")
    found = by_name(saved(document, tmp_path / "a.psd"))
    assert list(found) == [None, "layer/Lines"]
    assert 0 < darkness(found[None]) < 30
    assert 0 < darkness(found["layer/Lines"]) < 30


def test_flat_psd_is_a_picture(tmp_path: Path) -> None:
    path = saved(PSDImage.frompil(Image.new("RGB", SIZE, "red")), tmp_path / "a.psd")
    assert sort_of(path) == "picture"
    (part,) = parts_of(path)
    assert (part.name, part.role, part.error) == (None, "whole", None)


def test_psd_whose_layers_are_broken_still_gives_its_composite(tmp_path: Path) -> None:
    path = layered(tmp_path / "a.psd", lambda document: add(document, ink("black"), "Lines"))
    data = bytearray(path.read_bytes())
    place = data.index(b"8BIMnorm")
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)
    parts = list(parts_of(path))
    assert parts[0].frame is not None
    assert parts[1].frame is None
    assert "cannot be read" in str(parts[1].error)


def test_psd_with_flipped_bytes_gives_parts_or_a_named_error(tmp_path: Path) -> None:
    path = layered(tmp_path / "a.psd", lambda document: add(document, ink("black"), "Lines"))
    whole = path.read_bytes()
    values = np.random.default_rng(5)
    limits = MediaLimits(max_pixels=1_000_000)
    for _ in range(40):
        data = bytearray(whole)
        for place in values.integers(0, 900, 4):
            data[place] = values.integers(0, 256)
        path.write_bytes(data)
        messages = []
        try:
            for part in parts_of(path, None, limits):
                assert part.frame is not None or part.error
        except (UnreadableMediaError, UnsupportedFormatError, MediaTooLargeError) as error:
            messages.append(str(error))
        assert all("a.psd" in message for message in messages)


def test_layer_larger_than_the_limit_costs_only_itself(tmp_path: Path) -> None:
    def draw(document: PSDImage) -> None:
        add(document, Image.new("RGBA", (2000, 2000), "red"), "huge")
        add(document, ink("black"), "lines")

    path = layered(tmp_path / "a.psd", draw)
    found = {part.name: part for part in parts_of(path, None, MediaLimits(max_pixels=400 * 300))}
    assert "exceed the limit" in str(found["layer/huge"].error)
    assert found["layer/lines"].frame is not None


def pages(path: Path, *colours: str) -> Path:
    first, *rest = (Image.new("RGB", (600, 400), value) for value in colours)
    first.save(path, save_all=True, append_images=rest)
    return path


def test_pages_of_a_tiff_behind_the_first_are_parts(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.tif", "red", "green", "blue")
    assert sort_of(path) == "document"
    found = by_name(path)
    assert list(found) == [None, "page/2", "page/3"]
    frame = found["page/3"].frame
    assert frame is not None
    assert frame.pixels[0, 0].tolist() == [0, 0, 255]
    assert sort_of(pages(tmp_path / "b.tif", "red")) == "picture"


@pytest.mark.usefixtures("decoded_here")
def test_pages_of_a_tiff_with_more_than_can_be_gone_through_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.media.tiff._MOST_PAGES", 3)
    as_many = by_name(pages(tmp_path / "a.tif", "red", "green", "blue"))
    assert list(as_many) == [None, "page/2", "page/3"]

    found = by_name(pages(tmp_path / "b.tif", "red", "green", "blue", "white"))

    assert list(found) == [None, "pages"]
    assert "more than 3 pages, which is the limit" in str(found["pages"].error)


def test_pages_of_a_tiff_before_a_damaged_one_are_read(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.tif", "red", "green", "blue")
    whole = path.read_bytes()
    place = 4
    for _ in range(2):
        # From where a page is told to where it tells the next one.
        page = int.from_bytes(whole[place : place + 4], "little")
        place = page + 2 + 12 * int.from_bytes(whole[page : page + 2], "little")
    damaged = (len(whole) - 3).to_bytes(4, "little")
    path.write_bytes(whole[:place] + damaged + whole[place + 4 :])

    found = by_name(path)

    assert list(found) == [None, "page/2", "page/3"]
    assert found["page/2"].frame is not None
    assert "this page and those behind it are lost" in str(found["page/3"].error)


@pytest.mark.parametrize("order", ["big", "little"])
def test_layers_that_photoshop_keeps_in_a_tiff_are_parts(tmp_path: Path, order: str) -> None:
    def draw(document: PSDImage) -> None:
        add(document, colour("white"), "Paper")
        add(document.create_group(name="線画"), ink("black"), "A")

    psd = layered(tmp_path / "a.psd", draw).read_bytes()
    path = photoshop_tiff(tmp_path / "a.tif", psd, order)
    assert sort_of(path) == "document"
    found = by_name(path)
    assert list(found) == [None, "layer/Paper", "layer/線画"]
    assert 0 < darkness(found["layer/線画"]) < 30


def test_layers_of_a_tiff_that_are_cut_are_told(tmp_path: Path) -> None:
    psd = layered(tmp_path / "a.psd", lambda document: add(document, ink("black"), "Lines"))
    for order in ("big", "little"):
        path = photoshop_tiff(tmp_path / "a.tif", psd.read_bytes(), order, cut=300)
        found = by_name(path)
        assert found[None].frame is not None
        assert any(part.error for name, part in found.items() if name)


def photoshop_tiff(path: Path, psd: bytes, order: str, cut: int | None = None) -> Path:
    """Write a picture with the layers of a PSD in tag 37724, as Photoshop does."""
    place = 26
    for _ in range(2):
        place += 4 + int.from_bytes(psd[place : place + 4], "big")
    n_bytes = int.from_bytes(psd[place + 4 : place + 8], "big")
    layers = psd[place + 8 : place + 8 + n_bytes]
    if order == "big":
        block = b"8BIMLayr" + struct.pack(">I", len(layers)) + layers
    else:
        turned = turned_layers(layers)
        block = b"MIB8ryaL" + struct.pack("<I", len(turned)) + turned
    block = block[:cut]
    content = b"Adobe Photoshop Document Data Block\0" + block + bytes(-len(block) % 4)
    Image.new("RGB", SIZE, "white").save(path, tiffinfo={37724: content})
    return path


def turned_layers(layers: bytes) -> bytes:
    """Return a list of layers with every number turned round, as little-endian files have it."""
    out = io.BytesIO()
    source = io.BytesIO(layers)

    def turn(n_bytes: int) -> int:
        data = source.read(n_bytes)
        out.write(data[::-1])
        return int.from_bytes(data, "big")

    count = turn(2)
    count = min(count, 0x10000 - count)
    lengths: list[list[tuple[int, int]]] = []
    for _ in range(count):
        box = [turn(4) for _ in range(4)]
        channels = []
        for _ in range(turn(2)):
            turn(2)
            channels.append((turn(4), box[2] - box[0]))
        lengths.append(channels)
        turn(4), turn(4)
        out.write(source.read(4))
        stop = turn(4) + source.tell()
        for _ in range(2):
            n_bytes = turn(4)
            for _ in range(n_bytes // 4):
                turn(4)
        name = source.read(1)
        out.write(name + source.read((name[0] + 4) // 4 * 4 - 1))
        while source.tell() < stop:
            turn(4)
            key = source.read(4)
            out.write(key[::-1])
            n_bytes = turn(4)
            end = source.tell() + n_bytes
            if key == b"luni":
                for _ in range(turn(4)):
                    turn(2)
            elif key == b"lsct":
                for _ in range(n_bytes // 4):
                    turn(4)
            out.write(source.read(end - source.tell()))
    for channels in lengths:
        for n_bytes, rows in channels:
            end = source.tell() + n_bytes
            if n_bytes >= 2 and turn(2) == 1:
                for _ in range(rows):
                    turn(2)
            out.write(source.read(end - source.tell()))
    out.write(source.read())
    return out.getvalue()


def test_pages_of_a_pdf_and_their_pictures_are_parts(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.pdf", "red", "green")
    assert sort_of(path) == "document"
    found = by_name(path)
    assert list(found) == ["page/1", "page/1/picture/1", "page/2", "page/2/picture/1"]
    assert [part.role for part in found.values()] == ["page", "embedded"] * 2
    page, picture = found["page/1"].frame, found["page/1/picture/1"].frame
    assert page is not None
    assert picture is not None
    assert max(page.pixels.shape) == 1024
    assert picture.pixels.shape == (400, 600, 3)
    assert np.abs(page.pixels[300, 300].astype(int) - (255, 0, 0)).max() <= 2


def document_with(path: Path, sizes: list[tuple[int, int]]) -> Path:
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(500, 500)
    for number, size in enumerate(sizes):
        image = pypdfium2.PdfImage.new(document)
        values = np.random.default_rng(number).integers(0, 255, (size[1], size[0], 3), np.uint8)
        image.set_bitmap(pypdfium2.PdfBitmap.from_pil(Image.fromarray(values)))
        image.set_matrix(pypdfium2.PdfMatrix().scale(100, 100).translate(number * 10, 50))
        page.insert_obj(image)
    page.gen_content()
    document.save(path)
    return path


def test_ornaments_and_pictures_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    path = document_with(tmp_path / "a.pdf", [(8, 8), (100, 90), (20, 300), (100, 80), (90, 90)])
    found = by_name(path, PartLimits(max_pictures_per_page=2))
    assert list(found)[1:] == ["page/1/picture/1", "page/1/picture/2", "page/1/picture/more"]
    told = str(found["page/1/picture/more"].error)
    assert "more than 2 pictures" in told
    assert "2 with a side under 64 pixels" in told


def test_pages_beyond_the_limit_are_told(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.pdf", "red", "green", "blue")
    parts = list(parts_of(path, PartLimits(max_parts=3)))
    assert [part.name for part in parts] == ["page/1", "page/1/picture/1", "page/2", "more"]


def test_page_as_large_as_a_house_is_drawn_at_working_size(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(5_000_000, 10)
    document.save(tmp_path / "a.pdf")
    (part,) = parts_of(tmp_path / "a.pdf")
    assert part.frame is None or max(part.frame.pixels.shape) <= 1024


def test_encrypted_pdf_says_that_it_wants_a_password(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(encrypted_pdf())
    with pytest.raises(UnreadableMediaError, match="wants a password"):
        list(parts_of(path))


def encrypted_pdf() -> bytes:
    """Return a document whose user password is not the empty one (PDF 1.7, 7.6.3, revision 2)."""
    owner, wrong = "00" * 32, "11" * 32
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        f"<</Filter/Standard/V 1/R 2/O<{owner}>/U<{wrong}>/P -4>>".encode(),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % k for k in places)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<41><41>]>>\nstartxref\n%d\n%%%%EOF\n"
    return out + table + trailer % len(out)


def test_damaged_pdf_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + zlib.compress(bytes(1000)))
    with pytest.raises(UnreadableMediaError, match=r"a\.pdf: damaged"):
        list(parts_of(path))


def test_document_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.pdf", "red")
    with pytest.raises(MediaTooLargeError, match="exceed the limit of 100"):
        list(parts_of(path, PartLimits(max_bytes=100)))


def test_picture_and_video_have_themselves_as_their_only_part(
    tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    Image.new("RGB", SIZE, "red").save(tmp_path / "a.png")
    for path in (tmp_path / "a.png", write_video("a.mkv", 3)):
        assert sort_of(path) == "picture"
        (part,) = parts_of(path)
        assert part.role == "whole"
        assert part.frame is not None


def test_what_is_no_media_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.psd"
    for content, words in (
        (b"OTTO" + bytes(40), "font"),
        (b"notes", "text"),
        (b"MZ\x90" + bytes(9), "program"),
    ):
        path.write_bytes(content)
        for read in (sort_of, lambda path: list(parts_of(path))):
            with pytest.raises(UnsupportedFormatError, match=words):
                read(path)


def test_limits_that_are_not_positive_are_refused() -> None:
    with pytest.raises(ConfigError):
        PartLimits(max_parts=0)
