"""Which extension means which media type: what a file is served as.

A type is decided by the extension alone, never by what a client claims. An extension that is not
here is served as `application/octet-stream`.
"""

from typing import Final

UNKNOWN: Final = "application/octet-stream"

# A type, then its extensions; the first one is given to names that have none.
_TABLE: Final = """
text/plain txt text log conf ini
text/markdown md markdown
text/csv csv
text/tab-separated-values tsv
text/css css
text/html html htm shtml
text/javascript js mjs
text/yaml yaml yml
text/calendar ics
text/x-vcard vcf
text/vcard vcard
text/vtt vtt
text/mathml mml
text/x-c c h
text/x-java-source java
text/x-lua lua
application/json json map
application/ld+json jsonld
application/json5 json5
application/geo+json geojson
application/manifest+json webmanifest
application/toml toml
application/xml xml xsl xsd rng
application/xslt+xml xslt
application/xml-dtd dtd
application/xhtml+xml xhtml xht
application/rdf+xml rdf owl
application/mathml+xml mathml
application/atom+xml atom
application/rss+xml rss
application/gpx+xml gpx
application/ttml+xml ttml
application/dash+xml mpd
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/x-subrip srt
application/rtf rtf
application/pdf pdf
application/postscript ai ps eps
application/epub+zip epub
application/vnd.amazon.ebook azw
application/msword doc dot
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.openxmlformats-officedocument.wordprocessingml.template dotx
application/vnd.ms-word.document.macroenabled.12 docm
application/vnd.ms-excel xls xlt
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.spreadsheetml.template xltx
application/vnd.ms-excel.sheet.macroenabled.12 xlsm
application/vnd.ms-powerpoint ppt pps pot
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
application/vnd.openxmlformats-officedocument.presentationml.template potx
application/vnd.oasis.opendocument.text odt
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.graphics odg
application/vnd.apple.pages pages
application/vnd.apple.numbers numbers
application/vnd.apple.keynote key
application/vnd.apple.pkpass pkpass
application/zip zip
application/gzip gz
application/x-tar tar
application/x-bzip2 bz2
application/x-xz xz
application/x-7z-compressed 7z
application/vnd.rar rar
application/java-archive jar war
application/vnd.android.package-archive apk
application/octet-stream bin dmg iso exe msi deb
application/wasm wasm
application/sql sql
application/x-sh sh
application/x-httpd-php php
application/x-perl pl
application/x-pkcs12 p12 pfx
application/x-x509-ca-cert der pem crt
application/pgp-keys asc
application/pgp-signature sig
image/png png
image/jpeg jpg jpeg jpe
image/gif gif
image/webp webp
image/avif avif
image/heic heic
image/heif heif
image/jxl jxl
image/jp2 jp2
image/apng apng
image/bmp bmp
image/vnd.microsoft.icon ico
image/tiff tif tiff
image/svg+xml svg svgz
image/vnd.adobe.photoshop psd
image/x-adobe-dng dng
audio/mpeg mpga mp3
audio/mp4 m4a
audio/aac adts aac
audio/wav wav
audio/ogg oga ogg opus
audio/x-flac flac
audio/webm weba
audio/midi mid midi
audio/amr amr
audio/x-aiff aif aiff aifc
audio/x-caf caf
audio/x-matroska mka
audio/x-mpegurl m3u
audio/x-ms-wma wma
application/vnd.apple.mpegurl m3u8
video/mp4 mp4 mp4v
video/x-m4v m4v
video/mpeg mpeg mpg mpe
video/mp2t ts m2ts mts
video/quicktime qt mov
video/x-msvideo avi
video/webm webm
video/x-matroska mkv
video/ogg ogv
video/3gpp 3gp 3gpp
video/3gpp2 3g2
video/x-flv flv
video/x-ms-wmv wmv
font/ttf ttf
font/otf otf
font/woff woff
font/woff2 woff2
font/collection ttc
application/vnd.ms-fontobject eot
model/gltf-binary glb
model/gltf+json gltf
model/obj obj
model/stl stl
model/mtl mtl
model/3mf 3mf
model/vnd.usdz+zip usdz
model/vnd.collada+xml dae
"""

# Another name for a type that clients send; the extension is that of the table's.
_ALSO: Final = {
    "text/xml": "xml",
    "application/javascript": "js",
    "audio/mp3": "mp3",
    "audio/x-m4a": "m4a",
    "audio/x-wav": "wav",
    "image/x-icon": "ico",
    "application/x-zip-compressed": "zip",
}


_TEXTS: Final = frozenset(("application/json", "application/manifest+json"))


def _read_table() -> tuple[dict[str, str], dict[str, str]]:
    types: dict[str, str] = {}
    extensions: dict[str, str] = dict(_ALSO)
    for line in _TABLE.split("\n"):
        media_type, *found = line.split() or [""]
        types.update(dict.fromkeys(found, media_type))
        if found:
            extensions[media_type] = found[0]
    return types, extensions


_TYPES, _EXTENSIONS = _read_table()


def type_of(name: str) -> str | None:
    """The media type that the extension of a name means; `None` for one that is not known."""
    return _TYPES.get(extension_of(name).lower())


def extension_for(content_type: str) -> str | None:
    """`image/png; q=1` → `png`."""
    return _EXTENSIONS.get(content_type.partition(";")[0].strip().lower())


def content_type_of(name: str) -> str:
    """What a file is served as; texts are taken for UTF-8, as everywhere in Parse."""
    media_type = type_of(name) or UNKNOWN
    is_text = media_type.startswith("text/") or media_type in _TEXTS
    return f"{media_type}; charset=utf-8" if is_text else media_type


def extension_of(name: str) -> str:
    """What follows the last dot; empty where there is none."""
    return name.rpartition(".")[2] if "." in name else ""


# What a browser shows or plays without running anything of it.
_INERT: Final = ("image/", "audio/", "video/", "font/")
_INERT_TYPES: Final = frozenset(
    (UNKNOWN, "text/plain", "text/csv", "text/css", "application/pdf", "application/json")
)


def may_run(media_type: str) -> bool:
    """Whether a browser that opens such a file could run what is in it: markup, mostly."""
    if media_type in _INERT_TYPES:
        return False
    return not media_type.startswith(_INERT) or media_type.endswith("+xml")
