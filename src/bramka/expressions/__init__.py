"""C# policy expressions compiled to Python code with a closed member table."""
