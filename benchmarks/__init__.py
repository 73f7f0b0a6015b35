"""What a reply costs, compared with peers, and with the runs' log in different places."""
