"""What runs the service elsewhere: Kubernetes, systemd, alarms and dashboards."""
