"""What surrounds the service on its machine: the private cluster, the first start, the assets."""
