"""The warehouse under trouble for as long as one likes: `make soak SECONDS=600`."""
