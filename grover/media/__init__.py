"""What people upload: images and their variants, wherever they are stored. Knows no app."""
