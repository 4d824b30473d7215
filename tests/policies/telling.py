"""What tests of refusals share: on-error that tells the last error in a header."""

TELL = """<set-header name='X-Told'><value>@(string.Join("|",
    context.LastError.Source, context.LastError.Reason, context.LastError.Message))
    </value></set-header>"""
