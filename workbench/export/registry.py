"""The exporters, by name. A new one is a class in a file and a row here."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.export.base import Exporter
from workbench.export.onnx import OnnxExporter
from workbench.export.python import PythonExporter

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {exporter.name: exporter for exporter in (OnnxExporter(), PythonExporter())}
)
