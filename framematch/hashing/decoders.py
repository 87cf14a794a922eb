"""The decoders that the reference codes were made with.

Owns those facts. Imports no decoder: which ones are installed is `framematch.media.decoders`' to
say. Another version may give pixels, and so codes, that differ by some bits;
tests/hashing/test_reference_codes.py says how many are allowed.
"""

#: Version of each decoder, as `framematch.media.decoders.installed_decoders` names them: of those
#: that change pixels, in the wheels that requirements/product.txt locks for Linux on x86-64.
REFERENCE_DECODERS = {
    "av": "18.1.0",
    "av/ffmpeg": "8.1.2",
    "av/libavcodec": "62.28.102",
    "av/libavfilter": "11.14.102",
    "av/libavformat": "62.12.102",
    "av/libavutil": "60.26.102",
    "av/libswscale": "9.5.102",
    "openexr": "3.5.3",
    "pillow": "13.0.0",
    "pillow/libavif": "1.4.2",
    "pillow/libjpeg-turbo": "3.2.0",
    "pillow/libtiff": "4.7.2",
    "pillow/libwebp": "1.6.0",
    "pillow/littlecms2": "2.19",
    "pillow/openjpeg": "2.5.4",
    "psd-tools": "1.26.0",
    "pypdfium2": "5.15.2",
    "pypdfium2/pdfium": "159.0.8149.0",
}
