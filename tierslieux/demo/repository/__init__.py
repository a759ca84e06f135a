"""Where a made-up life comes from and goes to, as plans and COPY."""
