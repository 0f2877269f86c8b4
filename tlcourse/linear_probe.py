"""The linear probe: the classifier that the course puts on features to see what they are worth."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def linear_classifier(max_iter=500):
    """Multinomial logistic regression on standardized features, not fitted yet.

    Fit it within ``threadpool_limits(1)``: problems this small run many times slower when threads share them.
    """
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=max_iter))
