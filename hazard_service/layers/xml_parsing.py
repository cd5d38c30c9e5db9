"""XML parsed by expat without a document type: entities that swell, or that point elsewhere, are declared in one."""

from xml.parsers import expat

from hazard_service.errors import FileFormatError


def new_parser(name: str) -> expat.XMLParserType:
    """A parser that refuses a document type. name: the file, for its errors."""

    def refuse(*_: object) -> None:
        raise FileFormatError(f"{name} declares a document type (DOCTYPE), which is not read; export the layer again.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser
