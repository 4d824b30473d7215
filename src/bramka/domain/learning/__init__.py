"""What is built and published: tables, experiments, modules, services, batch jobs."""
