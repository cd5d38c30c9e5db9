"""Run by QGIS's own Python: opens a GeoPackage or a layer definition, draws each layer alone, prints what it sees.

qgis_draws.py FILE FOLDER: pictures go into FOLDER; printed as JSON, by layer: valid, count, rules, pixels by colour.
"""

import json
import os
import sys
from collections import Counter

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    QgsApplication,
    QgsLayerDefinition,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def layers_of(path, project):
    """The layers as somebody gets them who drops the file on the map."""
    if path.endswith(".qlr"):
        done, error = QgsLayerDefinition.loadLayerDefinition(path, project, project.layerTreeRoot())
        if not done:
            raise SystemExit(error)
        return list(project.mapLayers().values())
    every = QgsVectorLayer(path, "all", "ogr")
    listed = every.dataProvider().subLayers()
    names = [line.split("!!::!!")[1] for line in listed]
    found = [QgsVectorLayer(f"{path}|layername={name}", name, "ogr") for name in names if name != "layer_styles"]
    project.addMapLayers(found)
    return found


def drawn(layer, folder):
    """Pixels by colour of the layer alone on white."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setBackgroundColor(QColor(255, 255, 255))
    settings.setOutputSize(QSize(900, 900))
    settings.setExtent(layer.extent().buffered(0.001))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(os.path.join(folder, layer.name().replace("/", "_") + ".png"))
    seen = Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))
    return dict(seen.most_common(200))


def told(layer, folder):
    if not layer.isValid() or layer.renderer() is None:
        return {"valid": False}
    is_styled = layer.renderer().type() == "RuleRenderer"
    rules = layer.renderer().rootRule().children() if is_styled else []
    return {
        "valid": True,
        "provider": layer.providerType(),
        "count": layer.featureCount(),
        "rules": [rule.label() for rule in rules],
        "aliases": {field.name(): field.alias() for field in layer.fields()},
        "pixels": drawn(layer, folder),
    }


application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
print(json.dumps({layer.name(): told(layer, sys.argv[2]) for layer in layers_of(sys.argv[1], project)}))
project.clear()
application.exitQgis()
