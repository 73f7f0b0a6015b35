"""What a reply costs: this project beside its peers, and with its runs logged in different places."""
