"""Large layers travel compressed, small ones plain; neither can end the block it stands in."""

import base64
import gzip
import json
import re

from hazard_service.atlas.dress import PACKED, PACKED_FROM, layer_block

NASTY = '</script><script>alert(1)</script>${alert(1)}`"'


def test_small_ones_stay_plain():
    block = layer_block("layer-x", json.dumps({"name": NASTY}).encode())
    assert block.count("<script") == block.count("</script") == 1
    assert json.loads(re.search(r">(.*)</script>$", block)[1]) == {"name": NASTY}


def test_large_ones_are_packed_the_same_each_time_and_come_out_whole():
    document = json.dumps({"names": [NASTY] * PACKED_FROM}).encode()
    block = layer_block("layer-x", document)
    assert block.count("<script") == block.count("</script") == 1
    assert f'type="{PACKED}"' in block
    assert len(block) < len(document) / 50
    assert gzip.decompress(base64.b64decode(re.search(r">(.*)</script>$", block)[1])) == document
    assert layer_block("layer-x", document) == block
