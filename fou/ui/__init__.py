"""What the browser meets: the server around Streamlit, the script of every run, and what pages share."""
