"""What a published service answers: calls (RRS), batch jobs (BES), its documents."""
