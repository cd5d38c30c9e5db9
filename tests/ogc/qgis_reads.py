"""Run by QGIS's own Python: loads layers from the server and prints what it has read, as JSON.

qgis_reads.py ADDRESS COLLECTION ...
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsVectorLayer, QgsWkbTypes


def read(address, name):
    """What QGIS has of one layer. The layer must be gone before QGIS ends."""
    layer = QgsVectorLayer(f"url='{address}' typename='{name}' pageSize='2'", name, "OAPIF")
    features = {feature["id"]: feature for feature in layer.getFeatures()} if layer.isValid() else {}
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "type": QgsWkbTypes.displayString(layer.wkbType()),
        "count": layer.featureCount(),
        "features": {
            one: feature.geometry().asWkt(9) if feature.hasGeometry() else None for one, feature in features.items()
        },
        "fields": {field.name(): field.typeName() for field in layer.fields()},
    }


application = QgsApplication([], False)
application.initQgis()
print(json.dumps({name: read(sys.argv[1], name) for name in sys.argv[2:]}))
application.exitQgis()
