"""folium's scripts and styles come from the installed store; anything else is refused."""

import re
from pathlib import Path

import folium
import pytest

from hazard_service.atlas import offline
from hazard_service.errors import UnknownAssetError

LEAFLET = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet"


def addresses_named_by_folium():
    """Every script and style address written in folium's own source."""
    quoted = re.compile(r'"(https?://[^"\s]+\.(?:js|css)|https?://[^"\s]*(?:npm//?vega|/terminator)[^"\s]*)"')
    sources = Path(folium.__file__).parent.rglob("*.py")
    return sorted({found for path in sources for found in quoted.findall(path.read_text(encoding="utf-8"))})


def test_every_address_that_folium_names_is_in_the_store():
    named = addresses_named_by_folium()
    assert len(named) > 50
    for address in named:
        content, kind = offline.asset(address)
        assert len(content) > 50
        assert kind.startswith("text/css" if ".css" in address else "text/javascript")


def test_no_style_names_a_file_beside_it():
    for address in addresses_named_by_folium():
        if ".css" in address:
            beside = re.findall(r"""url\((?!["']?(?:data:|#|%23))[^)]*""", offline.asset(address)[0].decode())
            assert beside == [], address


def test_an_unknown_address_is_refused_in_one_sentence():
    address = "https://cdn.example.org/leaflet@9/leaflet.js"
    sentence = f"{address} is not in the offline store; use only the scripts and styles of the pinned folium."
    for ask in (
        lambda: offline.asset(address),
        lambda: offline.inline(f'<script src="{address}"></script>'),
        lambda: offline.rewrite(f'<link rel="stylesheet" href="{address}"/>', "/offline"),
    ):
        with pytest.raises(UnknownAssetError) as caught:
            ask()
        assert str(caught.value) == sentence


def test_rewrite_asks_our_own_host_for_what_named_then_answers():
    page = offline.rewrite(f'<script src="{LEAFLET}.js"></script><link rel="stylesheet" href="{LEAFLET}.css"/>', "/o")
    assert "https://" not in page
    paths = re.findall(r'"/o/([^"]+)"', page)
    assert [offline.named(path) for path in paths] == [offline.asset(f"{LEAFLET}.js"), offline.asset(f"{LEAFLET}.css")]


def test_inline_leaves_no_address_to_load():
    page = offline.inline(f'<script src="{LEAFLET}.js"></script><link rel="stylesheet" href="{LEAFLET}.css"/>')
    assert page.count("<script>") == page.count("</script>") == 1
    assert page.count("<style>") == page.count("</style>") == 1
    assert "src=" not in page.split("<script>")[0]
    assert "sourceMappingURL" not in page
