"""Quick capture: what somebody says in a sentence, German or English, read as one fact. Records nothing itself."""
