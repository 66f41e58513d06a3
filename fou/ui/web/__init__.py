"""The parts of the web server around Streamlit; fou.ui.server puts them together."""
