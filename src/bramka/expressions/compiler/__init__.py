"""From C# source to Python code."""
