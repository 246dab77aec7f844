"""What people see: messages, forms, lists and pictures. Pure: no Slack is called here."""
