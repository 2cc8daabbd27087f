"""What Streamlit runs at every visit: the navigation, and from there the page.

A process that helps to reckon (`wiring/processes.py`) runs this file once more, under another name. It shows nothing,
and must not load Streamlit for that.
"""

from __future__ import annotations

if __name__ == "__main__":
    from dashboard.navigation import main

    main()
