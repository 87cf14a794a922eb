"""What a decoder is asked to do, in the process that can do nothing else (`framematch.sandbox`).

Each module imports all that its operations need, since afterwards nothing can be imported any more.
The other side is `framematch.media.guarded`. Must not import that.
"""
