"""Mail becomes facts: a customer asked, we answered, they asked again, we wrote first.

`header.py` reads what stands above a mail, `signs.py` knows what is no letter from one person to another,
`correspondence.py` puts letters into their threads, `stored.py` reads mails that lie in files.
"""
