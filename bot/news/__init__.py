"""The middle: what the bot does, in the words of the trade. Standard library only.

It knows no Slack, model, database, clock or file; what it needs of them is asked through `ports`.
"""
