"""What people upload: images, videos and sounds, wherever they are stored. Knows no app."""
