"""The web pages: health for machines, one plain status page for people."""
