"""What is true: facts, rules and sums. Imports nothing else of ours."""
