"""The only room that knows every other; builds and joins the parts."""
