"""What a file is, by its content, and what is kept of it."""

import pytest

from plut_api.kit.files.content import BrokenFile, UnknownFile, take_in
from plut_api.kit.files.content.parts import MOST_PIXELS
from tests.kit.files.built import GPS_MARK, SCAN, TABLES, chunk, exif, jpeg, pdf, png, segment, webp, zip_end


def test_a_jpeg_loses_where_it_was_taken_and_keeps_every_pixel() -> None:
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + GPS_MARK)
    said = segment(0xFE, b"Rumah Inaq " + GPS_MARK) + segment(0xED, b"Photoshop 3.0\x00" + GPS_MARK)
    taken = take_in(jpeg(before=exif() + xmp + said, behind=b"\x00" * 9 + GPS_MARK))

    assert taken.media_type == "image/jpeg"
    assert GPS_MARK not in taken.content
    assert TABLES in taken.content
    assert taken.content.endswith(SCAN + b"\xff\xd9")


def test_a_jpeg_keeps_which_way_is_up_and_its_colour_profile() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\x00\x01\x01farben")
    upright = take_in(jpeg(before=exif(orientation=1) + profile)).content
    turned = take_in(jpeg(before=exif(orientation=6) + profile)).content

    assert profile in upright
    assert b"Exif" not in upright
    assert turned.count(b"Exif\x00\x00MM\x00*") == 1
    assert take_in(turned).content == turned


def test_a_jpeg_of_several_scans_keeps_them_all() -> None:
    scans = SCAN + segment(0xC4, b"\x10" + bytes(16) + b"\x07") + SCAN

    assert take_in(jpeg(scan=scans)).content.count(SCAN) == 2


def test_a_png_loses_texts_and_places_and_keeps_its_pixels() -> None:
    told = chunk(b"tEXt", b"Comment\x00" + GPS_MARK) + chunk(b"eXIf", b"II*\x00" + GPS_MARK)
    colours = chunk(b"gAMA", (45455).to_bytes(4))
    taken = take_in(png(before=told + colours, behind=GPS_MARK))

    assert taken.media_type == "image/png"
    assert taken.content == png(before=colours)


def test_a_webp_loses_its_exif_and_says_so() -> None:
    taken = take_in(webp())

    assert taken.media_type == "image/webp"
    assert GPS_MARK not in taken.content
    assert taken.content[20] == 0
    assert int.from_bytes(taken.content[4:8], "little") == len(taken.content) - 8


def test_a_pdf_is_kept_word_for_word() -> None:
    assert take_in(pdf()).content == pdf()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain words",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a" + bytes(20),
        b"PK\x03\x04" + bytes(30),
        b"MZ" + bytes(60),
        b"  %PDF-1.4\n",
    ],
)
def test_what_is_no_picture_and_no_pdf_is_unknown(data: bytes) -> None:
    with pytest.raises(UnknownFile):
        take_in(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (jpeg()[:-2], "file_damaged"),  # Cut off by a bad connection.
        (jpeg()[:40], "file_damaged"),
        (b"\xff\xd8\xff\xd9", "file_damaged"),
        (b"\xff\xd8\xff", "file_damaged"),
        (jpeg(scan=b""), "file_damaged"),
        (png()[:-5], "file_damaged"),
        (png().replace(b"IDAT", b"IDAX"), "file_damaged"),
        (png(width=0), "file_damaged"),
        (png(width=MOST_PIXELS, height=2), "picture_too_large"),
        (webp()[:-3], "file_damaged"),
        (b"RIFF\x04\x00\x00\x00WEBP", "file_damaged"),
        (pdf()[:60], "file_damaged"),
        (pdf(inside=b"<< /S /JavaScript /JS (app.alert(1)) >>"), "file_with_programs"),
        (pdf(inside=b"<< /S /Launch /F (calc.exe) >>"), "file_with_programs"),
        (pdf(behind=zip_end()), "file_more_than_it_seems"),
        (pdf(inside=b"<script>alert(1)</script>"), "file_more_than_it_seems"),
        (jpeg(behind=zip_end()), "file_more_than_it_seems"),
        (jpeg(behind=pdf()), "file_more_than_it_seems"),
        (jpeg(before=segment(0xFE, b"<html><body onload=x>")), "file_more_than_it_seems"),
        (jpeg(before=segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + pdf())), "file_more_than_it_seems"),
        (png(before=chunk(b"tEXt", b"x\x00<?php system($_GET[0]); ?>")), "file_more_than_it_seems"),
        (png(behind=b"<script src=x></script>"), "file_more_than_it_seems"),
    ],
)
def test_what_is_damaged_or_more_than_it_seems_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BrokenFile) as refused:
        take_in(data)

    assert refused.value.code == code


def test_cut_off_anywhere_a_file_is_refused_and_nothing_breaks() -> None:
    for whole in (jpeg(before=exif()), png(before=chunk(b"tEXt", b"x\x00y")), webp()):
        for length in range(len(whole)):
            with pytest.raises((BrokenFile, UnknownFile)):
                take_in(whole[:length])
