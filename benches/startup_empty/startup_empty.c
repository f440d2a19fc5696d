// Nothing.
int main(void) {}
