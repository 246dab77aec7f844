"""The edge where articles come from: files, feeds, pages. It knows no Slack, model or database."""
