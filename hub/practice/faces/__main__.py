"""`python -m hub.practice.faces`: the web role of a demo. Started and told about as `hub.web` is."""

from __future__ import annotations

from hub.practice.faces.app import make_app
from hub.web.__main__ import start

if __name__ == "__main__":
    start(make_app)
