"""The page that shows what a network proposes for a sound: draws to listen to, and its doubts."""
