import struct
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin
from psd_tools import PSDImage

from framematch.case_records import MetadataItem
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media import metadata_of
from framematch.media.metadata.items import iso_date

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
   xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
   xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
   xmp:CreatorTool="Adobe Photoshop CC (Windows)" xmp:CreateDate="2023-04-05T10:00:00+09:00"
   xmpMM:DocumentID="xmp.did:123">
   <xmp:MetadataDate>2023-04-06T11:00:00+08:00</xmp:MetadataDate>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">第三集 045</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>김</rdf:li><rdf:li>李</rdf:li></rdf:Seq></dc:creator>
   <xmpMM:History><rdf:Seq>
    <rdf:li stEvt:action="saved" stEvt:when="2023-04-05T12:00:00+09:00"
     stEvt:softwareAgent="Adobe Photoshop CC (Windows)"/>
    <rdf:li rdf:parseType="Resource"><stEvt:action>converted</stEvt:action></rdf:li>
   </rdf:Seq></xmpMM:History>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

FROM_XMP = [
    MetadataItem("created", "2023-04-05T10:00:00+09:00", "XMP xmp:CreateDate"),
    MetadataItem("modified", "2023-04-06T11:00:00+08:00", "XMP xmp:MetadataDate"),
    MetadataItem("software", "Adobe Photoshop CC (Windows)", "XMP xmp:CreatorTool"),
    MetadataItem("author", "김", "XMP dc:creator"),
    MetadataItem("author", "李", "XMP dc:creator"),
    MetadataItem("title", "第三集 045", "XMP dc:title"),
    MetadataItem("document-id", "xmp.did:123", "XMP xmpMM:DocumentID"),
    MetadataItem(
        "history",
        "saved, 2023-04-05T12:00:00+09:00, Adobe Photoshop CC (Windows)",
        "XMP xmpMM:History",
    ),
    MetadataItem("history", "converted", "XMP xmpMM:History"),
]


def picture() -> Image.Image:
    return Image.new("RGB", (32, 24), "red")


def exif() -> Image.Exif:
    found = Image.Exif()
    found[ExifTags.Base.Software] = "CLIP STUDIO PAINT"
    found[ExifTags.Base.DateTime] = "2023:01:02 03:04:05"
    found[ExifTags.Base.Artist] = "Team B"
    found[ExifTags.Base.Model] = "EPSON ES-10000G"
    inner = found.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = "2023:01:01 00:00:00"
    inner[ExifTags.Base.OffsetTimeOriginal] = "+09:00"
    return found


FROM_EXIF = [
    MetadataItem("created", "2023-01-01T00:00:00+09:00", "EXIF DateTimeOriginal"),
    MetadataItem("modified", "2023-01-02T03:04:05", "EXIF DateTime"),
    MetadataItem("software", "CLIP STUDIO PAINT", "EXIF Software"),
    MetadataItem("author", "Team B", "EXIF Artist"),
    MetadataItem("device", "EPSON ES-10000G", "EXIF Model"),
]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_exif_of_a_picture_is_told_with_dates_in_iso_8601(tmp_path: Path, name: str) -> None:
    picture().save(tmp_path / name, exif=exif())
    assert list(metadata_of(tmp_path / name)) == FROM_EXIF


def test_tags_of_a_tiff_are_told(tmp_path: Path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[305], tags[306] = "TVPaint 11", "2022:12:31 23:59:59"
    picture().save(tmp_path / "a.tif", tiffinfo=tags)
    assert metadata_of(tmp_path / "a.tif") == (
        MetadataItem("modified", "2022-12-31T23:59:59", "TIFF DateTime"),
        MetadataItem("software", "TVPaint 11", "TIFF Software"),
    )


def test_xmp_is_found_in_every_format(tmp_path: Path) -> None:
    packet = XMP.encode()
    picture().save(tmp_path / "a.jpg", xmp=packet)
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP)
    picture().save(tmp_path / "a.png", pnginfo=texts)
    picture().save(tmp_path / "a.webp", xmp=packet)
    picture().save(tmp_path / "a.tif", tiffinfo={700: packet})
    for name in ("a.jpg", "a.png", "a.webp", "a.tif"):
        assert list(metadata_of(tmp_path / name)) == FROM_XMP, name


def test_xmp_behind_a_video_and_in_a_pdf_is_found(
    tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    path = write_video("a.mp4", 2, codec="mpeg4")
    content = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac" + XMP.encode()
    path.write_bytes(path.read_bytes() + struct.pack(">I4s", 8 + len(content), b"uuid") + content)
    assert set(FROM_XMP) <= set(metadata_of(path))
    picture().save(tmp_path / "a.pdf", title="Storyboard 3", producer="x", author="Kim")
    pdf = (tmp_path / "a.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(pdf + b"\n" + XMP.encode())
    found = metadata_of(tmp_path / "a.pdf")
    assert set(FROM_XMP) <= set(found)
    assert MetadataItem("title", "Storyboard 3", "PDF Title") in found
    assert MetadataItem("author", "Kim", "PDF Author") in found


def test_text_of_a_png_is_told(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Software", "OpenToonz")
    texts.add_text("Creation Time", "Thu, 5 Jan 2023 10:00:00 +0900")
    texts.add_text("Unknown", "not told")
    picture().save(tmp_path / "a.png", pnginfo=texts)
    assert metadata_of(tmp_path / "a.png") == (
        MetadataItem("software", "OpenToonz", "PNG Software"),
        MetadataItem("created", "Thu, 5 Jan 2023 10:00:00 +0900", "PNG Creation Time"),
    )


def test_program_that_wrote_a_psd_is_told(tmp_path: Path) -> None:
    PSDImage.frompil(picture()).save(tmp_path / "a.psd")
    (first, *_) = metadata_of(tmp_path / "a.psd")
    assert (first.field, first.source) == ("software", "PSD version info, writer")
    assert first.value.startswith("psd-tools")


def test_dates_and_program_of_a_pdf_are_told(tmp_path: Path) -> None:
    moment = time.strptime("2023-04-05 10:00:00", "%Y-%m-%d %H:%M:%S")
    picture().save(tmp_path / "a.pdf", creationDate=moment, creator="Word")
    found = metadata_of(tmp_path / "a.pdf")
    assert MetadataItem("created", "2023-04-05T10:00:00Z", "PDF CreationDate") in found
    assert MetadataItem("software", "Word", "PDF Creator") in found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("D:20230405100000+09'00'", "2023-04-05T10:00:00+09:00"),
        ("D:202304051000", "2023-04-05T10:00:00"),
        ("D:20230405", "2023-04-05"),
        ("2023:04:05 10:00:00", "2023-04-05T10:00:00"),
        ("last Tuesday", "last Tuesday"),
    ],
)
def test_date_is_brought_to_iso_8601_where_it_can_be_read(told: str, expected: str) -> None:
    assert iso_date(told) == expected


def test_tags_of_a_video_container_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as output:
        output.metadata.update(
            {"title": "INV_305", "creation_time": "2023-04-05T10:00:00Z", "comment": "v03"}
        )
        stream = output.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            output.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        output.mux(stream.encode(None))
    found = metadata_of(path)
    assert [each for each in found if each.source.startswith("container")][:1] == [
        MetadataItem("created", "2023-04-05T10:00:00.000000Z", "container creation_time")
    ]
    assert MetadataItem("title", "INV_305", "container title") in found
    assert MetadataItem("description", "v03", "container comment") in found
    assert any(each.field == "software" for each in found)


HOSTILE = {
    "entities": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_xmp_that_unfolds_or_reads_files_is_left_out(tmp_path: Path, kind: str) -> None:
    body = XMP.replace("第三集 045", "&a;")
    packet = body.replace("<x:xmpmeta", HOSTILE[kind] + "<x:xmpmeta", 1)
    picture().save(tmp_path / "a.jpg", xmp=packet.encode())
    assert metadata_of(tmp_path / "a.jpg") == ()


@pytest.mark.parametrize("packet", ["<x:xmpmeta a=1></x:xmpmeta>", "<x:xmpmeta>" * 9, "\ud800"])
def test_broken_xmp_costs_only_itself(tmp_path: Path, packet: str) -> None:
    picture().save(tmp_path / "a.jpg", exif=exif(), xmp=packet.encode("utf-8", "surrogatepass"))
    assert list(metadata_of(tmp_path / "a.jpg")) == FROM_EXIF


def test_packets_that_begin_a_million_times_take_no_time(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.bmp")
    with (tmp_path / "a.bmp").open("ab") as stream:
        stream.write(b"<x:xmpmeta>" * 1_000_000 + XMP.encode())
    assert list(metadata_of(tmp_path / "a.bmp")) == FROM_XMP


def test_broken_exif_costs_only_itself(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff", xmp=XMP.encode())
    assert list(metadata_of(tmp_path / "a.jpg")) == FROM_XMP


def test_long_values_are_cut_and_many_are_counted(tmp_path: Path) -> None:
    long = XMP.replace("第三集 045", "x" * 2000)
    many = "".join(f"<rdf:li>{number}</rdf:li>" for number in range(5000))
    packet = long.replace("<rdf:li>김</rdf:li>", many)
    picture().save(tmp_path / "a.webp", xmp=packet.encode())
    found = metadata_of(tmp_path / "a.webp")
    assert len(found) == 200
    assert max(len(each.value) for each in found) <= 500


def test_values_keep_their_text_whatever_it_is(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("Title", "<script>alert(1)</script>\x1b[31m")
    picture().save(tmp_path / "a.png", pnginfo=texts)
    (item,) = metadata_of(tmp_path / "a.png")
    assert item.value == "<script>alert(1)</script>\x1b[31m"


def test_file_that_says_nothing_has_nothing(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.bmp")
    assert metadata_of(tmp_path / "a.bmp") == ()


def test_file_that_is_no_media_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(UnsupportedFormatError):
        metadata_of(tmp_path / "a.txt")
    with pytest.raises(UnreadableMediaError):
        metadata_of(tmp_path / "gone")
