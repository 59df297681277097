print("nearcare")
