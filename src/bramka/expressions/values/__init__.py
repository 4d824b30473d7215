"""What expressions compute with: the values of .NET that Python lacks."""
