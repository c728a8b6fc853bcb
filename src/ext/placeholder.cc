namespace pyfw {}
