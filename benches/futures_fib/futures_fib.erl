%% Fork and join: a process for every call.
-module(futures_fib).
-export([main/0]).

fib(N) when N < 2 -> N;
fib(N) ->
    Self = self(),
    Ref = make_ref(),
    spawn(fun() -> Self ! {Ref, fib(N - 1)} end),
    Mine = fib(N - 2),
    receive {Ref, Other} -> Mine + Other end.

main() -> io:format("~p~n", [fib(27)]).
