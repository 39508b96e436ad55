"""The version of the package."""

from importlib.metadata import version

VERSION = version("interlink-gateway")
USER_AGENT = f"interlink-gateway-python/{VERSION}"
