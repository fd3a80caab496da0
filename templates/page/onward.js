// Whoever comes back from another house has said there who they are: the button is pressed for them.
document.querySelector("form.onward")?.requestSubmit();
