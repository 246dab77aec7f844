"""Edge: people. Events come in and become jobs; answers go out as messages.

This room knows no store, no model and no worker: it puts jobs through `intake.Inbox`, and what a job asks of the
rest comes in as `answering.Ask`. Whatever it shows passes `escape` as the last step.
"""
